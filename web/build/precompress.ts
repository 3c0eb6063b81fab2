import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'

/** Compresses what was built once and well, so that the server need not do it with every answer. */
const dist = join(import.meta.dirname, '../dist')
const compress = promisify(brotliCompress)

await Promise.all(
  globSync('**/*.{js,css,svg,json,txt}', { cwd: dist }).map(async (name) => {
    const content = readFileSync(join(dist, name))
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    }
    writeFileSync(join(dist, `${name}.br`), await compress(content, { params }))
  }),
)
