import { Mark } from './icon.tsx'

/** Shown until a page is loaded. index.html has the same, so that it stands there before the first script runs. */
export function Splash({ label }: { readonly label: string }) {
  return (
    <div className="loading" role="status" aria-label={label}>
      <p className="brand" aria-hidden="true">
        <Mark /> Taskwire
      </p>
    </div>
  )
}
