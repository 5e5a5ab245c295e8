export default {
  title: '승인',
  text: '사람이 정하는 주문',
  empty: '기다리는 승인이 없습니다',
  emptyNext: '프로그램이나 운영자가 주문을 제안하면 여기에 나타납니다.',
  rows: (n: number) => `${n}건`,
}
