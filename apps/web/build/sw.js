// Caches the app's own files, so that the app opens without a network. Never caches answers of the API.
const version = __VERSION__
const files = __FILES__
const cacheName = `taskwire-${version}`
const texts = __TEXTS__

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(cacheName)
      .then((cache) => cache.addAll(files))
      .then(() => self.skipWaiting()),
  )
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== cacheName).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  )
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (url.pathname === '/') event.respondWith(openApp(request))
  else if (files.includes(url.pathname)) {
    event.respondWith(caches.match(url.pathname).then((cached) => cached ?? fetch(request)))
  }
})

// The app opens from the cache without a network, and where a proxy answers for a server that does not run.
async function openApp(request) {
  const answer = await fetch(request).catch(() => undefined)
  if (answer !== undefined && answer.status < 500) return answer
  return (await caches.match('/')) ?? answer ?? Response.error()
}

// A reminder that comes while no page is open, or beside one.
self.addEventListener('push', (event) => {
  event.waitUntil(showReminder(event.data?.json() ?? {}))
})

async function showReminder({ task_id, remind_at, title = 'Taskwire', due_time, language }) {
  const text = texts[language] ?? texts.en
  // A page that is open tells of the same reminder: the tag makes them one.
  const tag = `reminder:${task_id}:${remind_at}`
  const isOnScreen = await pageIsOnScreen()
  await self.registration.showNotification(title, {
    body: due_time ? text.due_at.replace('{time}', timeText(due_time, language)) : text.reminder,
    tag,
    silent: isOnScreen,
    data: { url: task_id === undefined ? '/' : `/#/all/task/${task_id}` },
    icon: '/icons/icon-192.png',
  })
  // The page shows it by itself. Browsers want a notification for every push nonetheless, and Safari ends those without.
  if (!isOnScreen) return
  for (const notification of await self.registration.getNotifications({ tag })) notification.close()
}

async function pageIsOnScreen() {
  const pages = await self.clients.matchAll({ type: 'window' })
  return pages.some(({ url, visibilityState }) => visibilityState === 'visible' && new URL(url).pathname === '/')
}

// As the pages write it: by the browser's locale, or where the user chose another language by that.
function timeText(time, language) {
  const locale = navigator.languages.find((tag) => tag.split('-')[0] === language) ?? language
  const format = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' })
  return format.format(new Date(`1970-01-01T${time}:00Z`))
}

// A click on a reminder leads to its task, in a window that is open already if there is one.
self.addEventListener('notificationclick', (event) => {
  const { notification } = event
  notification.close()
  event.waitUntil(openTask(notification.data?.url ?? '/'))
})

async function openTask(url) {
  const [open] = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  if (open === undefined) return self.clients.openWindow(url)
  await open.focus()
  return open.navigate(new URL(url, location.origin).href)
}
