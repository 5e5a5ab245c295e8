export default {
  title: '추세',
  text: '지표의 흐름과 예측',
  empty: '아직 쌓인 지표가 없습니다',
  emptyNext: '감시가 실행되면 1분 단위로 쌓입니다.',
  rows: (n: number) => `${n}건`,
}
