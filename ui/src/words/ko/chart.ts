export default {
  title: '차트',
  text: '가격과 손절·익절 선',
  empty: '볼 종목이 없습니다',
  emptyNext: '보유나 관심 종목이 생기면 고를 수 있습니다.',
  rows: (n: number) => `${n}건`,
}
