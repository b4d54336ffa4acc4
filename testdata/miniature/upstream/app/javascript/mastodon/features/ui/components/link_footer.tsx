export const LinkFooter = ({ version }: { version: string }) => (
  <footer>
    <a href='/about'>About</a>
    <a href='/privacy-policy'>Privacy</a>
    <span className='version'>v{version}</span>
  </footer>
);
