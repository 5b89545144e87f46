// Caches the app's own files, so that the app opens without a network. Never caches answers of the API.
const version = __VERSION__
const files = __FILES__
const cacheName = `taskwire-${version}`

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
