export default {
  title: '주문',
  text: '주문과 체결',
  empty: '오늘 나간 주문이 없습니다',
  emptyNext: '손절·익절이 나가거나 승인된 주문이 있으면 여기에 나타납니다.',
  rows: (n: number) => `${n}건`,
}
