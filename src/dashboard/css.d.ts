/** Style sheets that the page's entry imports: esbuild gathers them into `main.css`. */
declare module '*.css'
