// Starts the dashboard.
import 'element-plus/theme-chalk/base.css'
import 'element-plus/theme-chalk/dark/css-vars.css'
import 'element-plus/theme-chalk/el-button.css'
import 'element-plus/theme-chalk/el-dialog.css'
import 'element-plus/theme-chalk/el-input.css'
import 'element-plus/theme-chalk/el-overlay.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/element.css'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from './routes'
import { followTheme } from './theme'
import { followLanguage } from './words'

followTheme()
followLanguage()
createApp(App).use(router).mount('#app')
