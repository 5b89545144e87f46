# Runs scripts/run.mjs with the Node of .tools where there is one. Only Node 22.15 and newer can replace itself by the server:
# an older one, which is needed until the first start has fetched a newer, has to wait beside it.
cd "$(dirname "$0")/.." || exit
node=node
for own in .tools/node_modules/node-*/bin/node; do
  # One of another platform, where machines share this folder, is replaced by run.mjs.
  "$own" --version >/dev/null 2>&1 && node=$own
done
exec "$node" scripts/run.mjs "$@"
