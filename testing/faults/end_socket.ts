import type { Socket } from 'node:net'
import type { Cut } from './flow.ts'

/** Ends a socket as a cut line or a stopped process would. */
export function endSocket(socket: Socket, how: Cut): void {
  // Data written before a FIN is still sent.
  if (how === 'fin') socket.destroySoon()
  // A Unix socket cannot be reset.
  else if (socket.remoteAddress === undefined || isJustEnding(socket)) socket.destroy()
  else socket.resetAndDestroy()
}

/** libuv resets no socket whose FIN is on its way (EINVAL), and Node 24 then leaves it open for ever. */
function isJustEnding({ writableEnded, writableFinished, writableLength }: Socket): boolean {
  return writableEnded && !writableFinished && writableLength === 0
}
