import { Sheet } from '../design/sheet.tsx'
import { t } from '../texts/texts.ts'
import { DeleteAccount } from './delete_account.tsx'
import { ExportSection } from './export_section.tsx'
import { ImportSection } from './import_section.tsx'
import { FeedsSection } from './feeds_section.tsx'
import { EmailForm, NameForm } from './profile_forms.tsx'
import { PasswordForm } from './password_form.tsx'
import { Sessions } from './sessions.tsx'

/** The account of the user: who they are here, how they sign in, where they are signed in, and its end. */
export default function AccountPanel({ onClose }: { readonly onClose: () => void }) {
  return (
    <Sheet title={t.account.title} side="right" onClose={onClose}>
      <section className="account-section">
        <NameForm />
        <EmailForm />
      </section>
      <section className="account-section">
        <h3 className="panel-heading">{t.account.password}</h3>
        <PasswordForm />
      </section>
      <section className="account-section">
        <h3 className="panel-heading">{t.account.sessions}</h3>
        <Sessions />
      </section>
      <section className="account-section">
        <h3 className="panel-heading">{t.account.data.exportTitle}</h3>
        <ExportSection />
      </section>
      <section className="account-section">
        <h3 className="panel-heading">{t.account.data.importTitle}</h3>
        <ImportSection />
      </section>
      <section className="account-section">
        <h3 className="panel-heading">{t.account.feeds.title}</h3>
        <FeedsSection />
      </section>
      <section className="account-section">
        <h3 className="panel-heading">{t.account.delete}</h3>
        <DeleteAccount />
      </section>
    </Sheet>
  )
}
