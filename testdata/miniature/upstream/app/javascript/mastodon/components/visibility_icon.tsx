// Tells by an icon who sees a post.

import LockIcon from '@/icons/lock.svg?react';
import PublicIcon from '@/icons/public.svg?react';
import QuietTimeIcon from '@/icons/quiet_time.svg?react';

type Visibility = 'public' | 'unlisted' | 'private';

export const VisibilityIcon = ({ visibility }: { visibility: Visibility }) => {
  const icons = {
    public: { icon: PublicIcon, text: 'Public' },
    unlisted: { icon: QuietTimeIcon, text: 'Quiet public' },
    private: { icon: LockIcon, text: 'Followers' },
  };
  const { icon: Icon, text } = icons[visibility];

  return <Icon title={text} aria-label={text} />;
};
