export default {
  title: '이벤트',
  text: '일어난 일의 기록',
  empty: '기록된 이벤트가 없습니다',
  emptyNext: '감시가 시작되면 여기에 나타납니다.',
  rows: (n: number) => `${n}건`,
}
