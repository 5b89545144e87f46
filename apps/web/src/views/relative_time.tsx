import { exactTime, relativeTime } from '../time.ts'
import { useMoment } from './use_moment.ts'

/** How long ago something was. It goes on while it is shown. */
export function RelativeTime({ time }: { readonly time: string }) {
  useMoment()
  return (
    <time dateTime={time} title={exactTime(time)}>
      {relativeTime(time)}
    </time>
  )
}
