// The search of the guide: looks through all passages in the browser, and asks nobody.
import MiniSearch from './minisearch.js'

const base = document.body.dataset.base
const input = document.querySelector('input[type=search]')
const results = document.querySelector('.results')
const columns = document.querySelector('.columns')

let loaded
function load() {
  loaded ??= fetch(`${base}/passages.json`).then(async (response) => {
    const search = new MiniSearch({ fields: ['title', 'page', 'text'], storeFields: ['page', 'title', 'text'] })
    search.addAll(await response.json())
    return search
  })
  return loaded
}

const MOST = 20
async function show() {
  const query = input.value.trim()
  results.hidden = query === ''
  columns.hidden = query !== ''
  if (query === '') return
  const search = await load().catch(() => undefined)
  loaded = search && loaded
  // Typed on meanwhile: the later call shows its own results.
  if (query !== input.value.trim()) return
  const options = { prefix: true, fuzzy: 0.15, combineWith: 'AND', boost: { title: 4, page: 2 }, boostDocument }
  const found = search === undefined ? [] : search.search(query, options).slice(0, MOST)
  const none = search === undefined ? 'The search could not be loaded.' : 'Nothing found.'
  results.replaceChildren(...(found.length === 0 ? [paragraph(none)] : found.map(result)))
}

/** What is called exactly as the query comes first, and pages before their passages. */
function boostDocument(_id, _term, { page, title }) {
  if (title.toLowerCase() !== input.value.trim().toLowerCase()) return 1
  return title === page ? 100 : 50
}

function result({ id, page, title, text, terms }) {
  const link = document.createElement('a')
  link.href = id
  link.append(title === page ? title : `${page}: ${title}`)
  const item = document.createElement('article')
  item.append(link, paragraph(excerpt(text, terms)))
  return item
}

function excerpt(text, terms) {
  const lower = text.toLowerCase()
  const at = Math.max(0, ...terms.map((term) => lower.indexOf(term)).filter((place) => place >= 0))
  const from = Math.max(0, at - 60)
  return `${from > 0 ? '… ' : ''}${text.slice(from, from + 200)}${text.length > from + 200 ? ' …' : ''}`
}

function paragraph(text) {
  const element = document.createElement('p')
  element.textContent = text
  return element
}

input.hidden = false
input.addEventListener('focus', () => void load().catch(() => (loaded = undefined)), { once: true })
input.addEventListener('input', () => void show())
input.form.addEventListener('submit', (event) => {
  event.preventDefault()
  results.querySelector('a')?.click()
})
results.addEventListener('click', (event) => {
  if (event.target.closest('a') === null) return
  // A passage of the page that is shown: only its heading changes, and no page is loaded.
  input.value = ''
  results.hidden = true
  columns.hidden = false
})
addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && document.activeElement === input) {
    input.value = ''
    void show()
  }
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
  if (event.target.closest('input, textarea') !== null) return
  event.preventDefault()
  input.focus()
})
