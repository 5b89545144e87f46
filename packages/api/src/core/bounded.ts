/**
 * Makes room in a full map by deleting the older half of its entries. Deleting only the oldest one each time would be
 * slow: a map iterates over the slots of deleted entries, of which there are the more the larger it is.
 */
export function evictOlderHalf(map: Map<string, unknown>): void {
  let surplus = map.size / 2
  for (const key of map.keys()) {
    if (surplus-- <= 0) return
    map.delete(key)
  }
}
