export default {
  title: '보유',
  text: '감시하는 보유 종목과 손절·익절까지의 거리',
  empty: '보유한 종목이 없습니다',
  emptyNext: '증권 계좌에 보유가 생기면 여기에 나타납니다.',
  rows: (n: number) => `${n}건`,
}
