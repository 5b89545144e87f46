/** A word in five of the big user's tasks, and one in about every twelfth. */
export const RARE = 'zeppelin'
export const COMMON = 'invoice'

const VERBS = `buy call write send plan check book order repair clean return pay sort read draft print pack water review
  cancel renew collect deliver measure paint`
const THINGS = `milk bread garden letter doctor report kitchen bicycle passport school present ticket window insurance
  invoice calendar station concert library battery curtain dentist engine flower guitar hammer island jacket kettle
  ladder mirror needle office parcel quilt radiator shelf table umbrella vacuum wallet yogurt balcony carpet drawer
  envelope fridge grocery heating internet juice keyboard laundry mattress notebook oven piano receipt scarf tomato
  vase washer cinema picture`

const array = (text: string) => `'{${text.split(/\s+/).join(',')}}'::text[]`
const word = (list: string, factor: number) => `(${list})[1 + (n * ${factor}::bigint) % cardinality(${list})]`
const things = [17, 29, 37, 41, 59].map((factor) => word(array(THINGS), factor))

/** SQL for a title and a description of ordinary words that depend on a column `n`. */
export const titleSql = `initcap(${word(array(VERBS), 7)}) || ' the ' || ${word(array(THINGS), 13)} || ' ' || n`
export const descriptionSql = `${word(array(VERBS), 11)} || ' with ' || ${things.join(` || ' and ' || `)}`
