import { Pipe, type PipeTransform } from '@angular/core'

const directions = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/**
 * Shows marks of direction as what they are. In a cell of its own a name cannot turn around what stands beside it; in the
 * middle of a sentence it could.
 */
@Pipe({ name: 'visibleDirection' })
export class VisibleDirectionPipe implements PipeTransform {
  transform(text: string): string {
    return text.replace(directions, (mark) => `[U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`)
  }
}
