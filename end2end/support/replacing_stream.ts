import { Transform } from 'node:stream'

/** A stream that replaces a text by another of the same length, also across the boundaries of chunks. */
export function replacingStream(from: string, to: string) {
  const [old, fresh] = [Buffer.from(from), Buffer.from(to)]
  if (old.length !== fresh.length) throw new Error('both texts must have the same length')
  let held = Buffer.alloc(0)
  return new Transform({
    transform(piece: Buffer, _, done) {
      const bytes = Buffer.concat([held, piece])
      for (let at = bytes.indexOf(old); at >= 0; at = bytes.indexOf(old, at)) fresh.copy(bytes, at)
      // The end of the chunk may be the start of the text to replace.
      let tail = Math.min(old.length - 1, bytes.length)
      while (tail > 0 && !bytes.subarray(bytes.length - tail).equals(old.subarray(0, tail))) tail--
      held = bytes.subarray(bytes.length - tail)
      done(null, bytes.subarray(0, bytes.length - tail))
    },
    flush(done) {
      done(null, held)
    },
  })
}
