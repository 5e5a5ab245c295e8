export default {
  title: '상태',
  text: '구성 요소와 성능',
  empty: '점검 결과가 없습니다',
  emptyNext: '감시가 실행되면 점검 결과가 나타납니다.',
  rows: (n: number) => `${n}건`,
}
