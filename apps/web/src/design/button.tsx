import type { ComponentProps } from 'react'
import { Icon, type IconName } from './icon.tsx'

type Look = 'primary' | 'plain' | 'danger'

export function Button({ look = 'plain', ...props }: ComponentProps<'button'> & { readonly look?: Look }) {
  return <button type="button" {...props} className={`button button-${look}`} />
}

/** A button that shows only an icon. `label` is its accessible name and its tooltip. */
export function IconButton({
  icon,
  label,
  ...props
}: Omit<ComponentProps<'button'>, 'children'> & { readonly icon: IconName; readonly label: string }) {
  return (
    <button type="button" {...props} className="icon-button" aria-label={label} title={props.title ?? label}>
      <Icon name={icon} />
    </button>
  )
}
