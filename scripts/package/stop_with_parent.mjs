// For `node --import`: npx runs a command below a shell, which a signal that only npx gets ends without passing it on. The
// server would then go on without anybody who can stop it, so that it stops when its parent has ended.
const parent = process.ppid
const timer = setInterval(() => {
  if (process.ppid === parent) return
  clearInterval(timer)
  process.kill(process.pid, 'SIGTERM')
}, 500)
timer.unref()
