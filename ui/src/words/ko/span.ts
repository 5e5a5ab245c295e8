export default {
  seconds: (n: number) => `${n}초`,
  minutes: (n: number) => `${n}분`,
  hours: (n: number) => `${n}시간`,
  days: (n: number) => `${n}일`,
}
