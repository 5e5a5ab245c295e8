export default {
  title: '장애',
  text: '사람의 처리가 끝날 때까지 남는 일',
  empty: '열린 장애가 없습니다',
  emptyNext: '할 일이 없습니다.',
  rows: (n: number) => `${n}건`,
}
