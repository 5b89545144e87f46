/** The page of the web app that signs a user in and asks for consent. The request follows it as a query. */
export const CONSENT_PAGE = '/#/connect'
