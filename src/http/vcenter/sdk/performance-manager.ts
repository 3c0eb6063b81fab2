import type { SdkCall } from './call.ts'
import { none } from './inventory/extensible.ts'
import { managedObject } from './managed-object.ts'
import { type ManagedType, method, property } from './managed-type.ts'
import { has, noPermission, requireObject } from './objects.ts'
import { boolean, dateTime, int, reference, string } from './types/basic.ts'
import { objectOf } from './types/object-parameter.ts'
import { dataObject, invalid, list, optional } from './types/vim-type.ts'

const querySpec = dataObject('PerfQuerySpec', {
  entity: reference,
  startTime: optional(dateTime),
  endTime: optional(dateTime),
  maxSample: optional(int),
  metricId: list(dataObject('PerfMetricId', { counterId: int, instance: string })),
  intervalId: optional(int),
  format: optional(string),
})

const nothing = (type: string) => list(dataObject(type, {}))

/** Nothing is measured here: there are no counters. */
export const performanceManager: ManagedType = {
  name: 'PerformanceManager',
  base: managedObject,
  properties: {
    description: property(dataObject('PerformanceDescription', {}), 'System.View', () => ({})),
    historicalInterval: none('PerfInterval', 'System.View'),
    perfCounter: none('PerfCounterInfo', 'System.View'),
  },
  methods: {
    QueryPerfProviderSummary: method({
      requires: { privilege: 'System.View' },
      parameters: { entity: objectOf('ManagedObject', 'System.View') },
      result: dataObject('PerfProviderSummary', {
        entity: reference,
        currentSupported: boolean,
        summarySupported: boolean,
      }),
      run: (_call, { entity }) => ({ entity, currentSupported: false, summarySupported: false }),
    }),

    QueryAvailablePerfMetric: method({
      requires: { privilege: 'System.View' },
      parameters: {
        entity: objectOf('ManagedObject', 'System.View'),
        beginTime: optional(dateTime),
        endTime: optional(dateTime),
        intervalId: optional(int),
      },
      result: nothing('PerfMetricId'),
      run: () => [],
    }),

    QueryPerfCounter: method({
      requires: { privilege: 'System.View' },
      parameters: { counterId: list(int) },
      result: nothing('PerfCounterInfo'),
      run(_call, { counterId }) {
        if (counterId.length > 0) throw invalid('counterId', 'names no counter there is')
        return []
      },
    }),

    QueryPerfCounterByLevel: method({
      requires: { privilege: 'System.View' },
      parameters: { level: int },
      result: nothing('PerfCounterInfo'),
      run(_call, { level }) {
        if (level < 1 || level > 4) throw invalid('level', 'is not from 1 to 4')
        return []
      },
    }),

    QueryPerf: method({
      requires: { privilege: 'System.View' },
      parameters: { querySpec: list(querySpec) },
      result: nothing('PerfEntityMetricBase'),
      run(call, { querySpec: specs }) {
        for (const { entity, metricId } of specs) {
          requireReadable(call, entity)
          if (metricId.length > 0) throw invalid('querySpec.metricId', 'names no counter there is')
        }
        return []
      },
    }),
  },
}

/** @throws {VimFault} `ManagedObjectNotFound`, `NoPermission` */
function requireReadable(call: SdkCall, entity: { type: string; id: string }): void {
  const object = requireObject(call, entity)
  if (!has(call, object.entity, 'System.Read')) throw noPermission(call, object, 'System.Read')
}
