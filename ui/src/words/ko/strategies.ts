export default {
  title: '전략',
  text: '전략과 배치 작업',
  empty: '실행 중인 전략이 없습니다',
  emptyNext: '서버에서 hantu run jobs 로 시작하세요.',
  rows: (n: number) => `${n}건`,
}
