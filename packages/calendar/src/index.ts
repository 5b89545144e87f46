export { daysBetween, daysInMonth, FIRST_DAY, isDay, isTime, LAST_DAY, moveDays, weekday, type Day } from './day.ts'
