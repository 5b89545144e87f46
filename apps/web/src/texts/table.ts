/** The shape of a table of texts: another language has the same keys, and the same values to fill in. */
export type Table<Texts> = Texts extends string
  ? string
  : Texts extends (...values: infer Values) => string
    ? (...values: Values) => string
    : { readonly [Key in keyof Texts]: Table<Texts[Key]> }
