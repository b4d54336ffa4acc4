import { useState } from 'react';

const Item = ({ media, onOpen }) => {
  const label = media.description || 'Image';

  return (
    <a href={media.url} onClick={onOpen}>
      <img src={media.preview_url} alt={label} loading='lazy' draggable={false} />
    </a>
  );
};

export const MediaGallery = ({ attachments }) => {
  const [open, setOpen] = useState(null);

  return (
    <div className='media-gallery'>
      {attachments.map((media) => (
        <Item key={media.id} media={media} onOpen={() => setOpen(media.id)} />
      ))}
      {open && <dialog open>{open}</dialog>}
    </div>
  );
};
