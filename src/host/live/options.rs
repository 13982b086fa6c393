//! The options of sockets, as requests name them.

use std::{
    io,
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use socket2::TcpKeepalive;

use super::{
    socket::Socket,
    system::{reuse_port, set_reuse_port},
};
use crate::host::{Family, SocketKind, SocketOption};

impl Socket {
    /// Sets an option.
    ///
    /// # Errors
    /// The operating system's; `InvalidInput` for a value it cannot have.
    pub fn set_option(&self, option: SocketOption, value: i64) -> io::Result<()> {
        let socket = self.options();
        let six = self.family() == Family::V6;
        let on = value != 0;
        match option {
            // Ends of a pair have no delay, on some systems not even the option.
            SocketOption::NoDelay if self.family() == Family::Local => Ok(()),
            SocketOption::NoDelay => socket.set_tcp_nodelay(on),
            SocketOption::KeepAlive => socket.set_keepalive(on),
            SocketOption::KeepIdle | SocketOption::KeepInterval | SocketOption::KeepCount => {
                self.set_keep_alive(option, value)
            }
            // What POSIX calls so is how Windows' listeners are anyway; there the option would let a second one take the port.
            SocketOption::ReuseAddress if cfg!(windows) && self.kind() == SocketKind::Stream => {
                Ok(())
            }
            SocketOption::ReuseAddress => socket.set_reuse_address(on),
            SocketOption::ReusePort => set_reuse_port(&socket, on),
            SocketOption::Broadcast => socket.set_broadcast(on),
            SocketOption::ReceiveBuffer => socket.set_recv_buffer_size(number(value)?),
            SocketOption::SendBuffer => socket.set_send_buffer_size(number(value)?),
            SocketOption::Linger => {
                let seconds = (value >= 0).then_some(value.unsigned_abs());
                socket.set_linger(seconds.map(Duration::from_secs))
            }
            SocketOption::HopLimit if six => socket.set_unicast_hops_v6(number(value)?),
            SocketOption::HopLimit => socket.set_ttl_v4(number(value)?),
            SocketOption::OnlyV6 => socket.set_only_v6(on),
            SocketOption::MulticastHopLimit if six => socket.set_multicast_hops_v6(number(value)?),
            SocketOption::MulticastHopLimit => socket.set_multicast_ttl_v4(number(value)?),
            SocketOption::MulticastLoop if six => socket.set_multicast_loop_v6(on),
            SocketOption::MulticastLoop => socket.set_multicast_loop_v4(on),
            SocketOption::MulticastInterface if six => socket.set_multicast_if_v6(number(value)?),
            SocketOption::MulticastInterface => {
                socket.set_multicast_if_v4(&Ipv4Addr::from_bits(number(value)?))
            }
        }
    }

    /// An option's value.
    ///
    /// # Errors
    /// The operating system's; `Unsupported` for those that can only be set.
    pub fn option(&self, option: SocketOption) -> io::Result<i64> {
        let socket = self.options();
        let six = self.family() == Family::V6;
        let size = |found: usize| i64::try_from(found).unwrap_or(i64::MAX);
        match option {
            SocketOption::NoDelay if self.family() == Family::Local => Ok(0),
            SocketOption::NoDelay => socket.tcp_nodelay().map(i64::from),
            SocketOption::KeepAlive => socket.keepalive().map(i64::from),
            SocketOption::ReuseAddress => socket.reuse_address().map(i64::from),
            SocketOption::ReusePort => reuse_port(&socket).map(i64::from),
            SocketOption::Broadcast => socket.broadcast().map(i64::from),
            SocketOption::ReceiveBuffer => socket.recv_buffer_size().map(size),
            SocketOption::SendBuffer => socket.send_buffer_size().map(size),
            SocketOption::Linger => Ok(socket
                .linger()?
                .map_or(-1, |time| i64::try_from(time.as_secs()).unwrap_or(i64::MAX))),
            SocketOption::HopLimit if six => socket.unicast_hops_v6().map(i64::from),
            SocketOption::HopLimit => socket.ttl_v4().map(i64::from),
            SocketOption::OnlyV6 => socket.only_v6().map(i64::from),
            SocketOption::MulticastHopLimit if six => socket.multicast_hops_v6().map(i64::from),
            SocketOption::MulticastHopLimit => socket.multicast_ttl_v4().map(i64::from),
            SocketOption::MulticastLoop if six => socket.multicast_loop_v6().map(i64::from),
            SocketOption::MulticastLoop => socket.multicast_loop_v4().map(i64::from),
            SocketOption::MulticastInterface if six => socket.multicast_if_v6().map(i64::from),
            SocketOption::MulticastInterface => {
                socket.multicast_if_v4().map(|ip| i64::from(ip.to_bits()))
            }
            SocketOption::KeepIdle | SocketOption::KeepInterval | SocketOption::KeepCount => {
                Err(io::ErrorKind::Unsupported.into())
            }
        }
    }

    /// Changes one detail of keeping a connection alive without switching that on.
    fn set_keep_alive(&self, option: SocketOption, value: i64) -> io::Result<()> {
        let socket = self.options();
        let seconds = Duration::from_secs(number(value)?);
        let details = match option {
            SocketOption::KeepInterval => TcpKeepalive::new().with_interval(seconds),
            SocketOption::KeepCount => TcpKeepalive::new().with_retries(number(value)?),
            _ => TcpKeepalive::new().with_time(seconds),
        };
        let on = socket.keepalive()?;
        socket.set_tcp_keepalive(&details)?;
        socket.set_keepalive(on)
    }

    /// Joins a multicast group, or leaves it.
    ///
    /// # Errors
    /// The operating system's; `InvalidInput` for what is no address.
    pub fn group(&self, group: &str, interface: &str, join: bool) -> io::Result<()> {
        let socket = self.options();
        match (parsed::<IpAddr>(group)?, join) {
            (IpAddr::V4(group), join) => {
                let interface = match interface {
                    "" => Ipv4Addr::UNSPECIFIED,
                    interface => parsed(interface)?,
                };
                if join {
                    socket.join_multicast_v4(&group, &interface)
                } else {
                    socket.leave_multicast_v4(&group, &interface)
                }
            }
            (IpAddr::V6(group), join) => {
                let interface = match interface {
                    "" => 0,
                    interface => parsed(interface)?,
                };
                if join {
                    socket.join_multicast_v6(&group, interface)
                } else {
                    socket.leave_multicast_v6(&group, interface)
                }
            }
        }
    }
}

fn parsed<T: std::str::FromStr>(text: &str) -> io::Result<T> {
    text.parse()
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "Invalid argument"))
}

fn number<T: TryFrom<i64>>(value: i64) -> io::Result<T> {
    T::try_from(value).map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "Invalid argument"))
}
