// `pnpm check:words`: finds terms of an earlier, private vocabulary in names, comments, docs and texts on screen. Each
// entry says what to write instead. Ordinary English words (open, found, place, step) cannot be searched for; see
// CONTRIBUTING.md, "Words".
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The terms to avoid, and what to write instead. */
const TERMS = [
  [/\bdoors?\b|\b[a-z]+Doors?\b|\bDoors?\b/, 'transport or interface; in the UI "elsewhere", "from another app"'],
  [/\blanes?\b|\bLanes?\b|Lanes?\b/, 'pipelined connections, pipeline'],
  [/\bwritesOf\b/, 'lockKey'],
  [/\bhouse\b|\bmanners\b/, 'codebase, behaviour'],
  [/\bmend(s|ed|ing)?\b|mended_model/i, 'fix, sanitized_model, repairToolCalls'],
  [/\bRefusals?\b|\brefuses\??:|\brefused\(|\brefusal(Of|In)\b|\brefusedBy\b/, 'ApiError, errors, code, throw...()'],
  [/\bCursorSeal\b|\bcursorSeal\b|cursors?\.(seal|open)\(|\bsealed\b/, 'CursorCodec.sign / verify'],
  [/\bwriteOnce\b/, 'idempotentWrite'],
  [/\.wake\(|\bfeed\.follow\(/, 'notify, subscribe'],
  [/\bStamp\b|\bstamp\b|\bstamped\b|\bstampOf\b/, 'ChangeMetadata'],
  [
    /\b(interface|type|class) (Place|Turn|Talk|Said|Asked|Listening|Part|Found|Rail|Verdict|Answer|Question|Call|Home|Replica|Patience|Presence|Ways)\b/,
    'a name of its own, in the terms of the field',
  ],
  [/\bopenTurn\b|\bgivenBack\b|\btookLease\b|'taken'/, "acquireTurn, releaseLease, acquireLease, 'key_conflict'"],
  [/\bHELD\b|\bRemovalGuard\b|\bremovalGuard\b|\.judge\(/, 'PendingConfirmation, ConfirmationGuard.check'],
  [/\baccess_end\b|\baccessEnd\b|\bholds\(\)/, 'authorization_expiry, isStillValid()'],
  [/\browNumber\b/, 'rowId'],
  [/\bdeeds?\b|\bDeeds\b/, 'ChangeSummary'],
  [
    /\bcreateBell\b|\bkeeper\b|\bcreateKeeper\b|\bown_news\b|\bownNews\w*\b|\btransmit\b|\bverdict\b/i,
    'emitter, persister, own_changes, send_write, classify_error',
  ],
  [/\btakeBack\b|\bdoAgain\b|\btaken back\b|\bTaken back\b/, 'undo, redo'],
  [
    /\btoolFailure\b|\binOneLine\b|\bproblemLines\b|\bmadeReady\b/,
    'agentErrorMessage, errorMessage, startupErrors, bootstrap',
  ],
  [/\bdeadlineMs\b|\battemptMs\b|\bpatience\b/i, 'retry: { timeoutMs, attemptTimeoutMs, maxRetries }'],
  [
    /\bcomplaint\b|\brelocated\b|\bDatabaseNotReady\b|not_ready\b/,
    'read_server_errors, relocate, database_startup_error',
  ],
  [/\bunder ?way\b/i, 'in flight, running'],
]

// These folders and files contain no prose of ours (sentences that people type, recorded data), or quote the terms.
const SKIPPED =
  /^(scripts\/check_words\.mjs|CHANGELOG\.md|packages\/assistant\/src\/rules\/|packages\/assistant\/testing\/|packages\/assistant\/MESSAGES\.md|pnpm-lock\.yaml|LICENSE|prisma\/migrations\/|docs\/screenshots\/|bench\/results\/|.*\/recorded\/|.*\/oracles\/|docs\/.*\.svg|docs\/reference\/)/
const READ = /\.(tsx?|mjs|js|json|md|prisma|css|html|ya?ml|txt|sql)$|^\.ci\//

const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\0')
  .filter((file) => READ.test(file) && !SKIPPED.test(file))

let found = 0
for (const file of files) {
  let text
  try {
    text = readFileSync(join(root, file), 'utf8')
  } catch {
    continue
  }
  for (const [index, line] of text.split('\n').entries()) {
    // A line may name a term for a stated reason: a wire name, or a word of ordinary English.
    if (line.includes('words: allowed')) continue
    for (const [pattern, instead] of TERMS) {
      const hit = pattern.exec(line)
      if (hit === null) continue
      found++
      process.stdout.write(`${file}:${index + 1}: "${hit[0]}": write ${instead}\n`)
    }
  }
}
if (found > 0) {
  process.stdout.write(`${found} terms of the earlier vocabulary\n`)
  process.exit(1)
}
