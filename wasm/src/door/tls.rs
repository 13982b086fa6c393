//! The part of `_rehearsal` that `python/_ssl.py` stands on.

use std::sync::Arc;

use rustpython_vm::{
    AsObject, FromArgs, PyObjectRef, PyRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyModule, PyStrRef, PyTypeRef},
    convert::ToPyObject,
    function::ArgBytesLike,
};

use super::{Door, text, unexpected};
use crate::{
    host::{Handle, Reply, Request},
    tls::{Certificate, Key, Secured, Side, Tls, TlsTrouble, TlsVersion, Verify},
};

/// The keyword arguments of `start_tls`.
#[derive(FromArgs)]
struct Settings {
    #[pyarg(named)]
    server_side: bool,
    #[pyarg(named)]
    server_name: Option<PyStrRef>,
    /// 0 to 2, the values of `ssl.CERT_NONE`, `CERT_OPTIONAL` and `CERT_REQUIRED`.
    #[pyarg(named)]
    verify: u32,
    #[pyarg(named)]
    check_name: bool,
    #[pyarg(named)]
    common_name: bool,
    #[pyarg(named)]
    system_roots: bool,
    #[pyarg(named)]
    roots: Vec<ArgBytesLike>,
    #[pyarg(named)]
    chain: Vec<ArgBytesLike>,
    #[pyarg(named)]
    key: Option<ArgBytesLike>,
    #[pyarg(named)]
    alpn: Vec<PyStrRef>,
    /// "TLSv1.2", "TLSv1.3".
    #[pyarg(named)]
    versions: Vec<PyStrRef>,
    #[pyarg(named)]
    ciphers: Vec<PyStrRef>,
}

impl Settings {
    fn tls(self, vm: &VirtualMachine) -> PyResult<Box<Tls>> {
        let texts = |list: Vec<PyStrRef>| -> PyResult<Vec<String>> {
            list.iter().map(|one| text(one, vm)).collect()
        };
        let versions: Vec<String> = texts(self.versions)?;
        Ok(Box::new(Tls {
            side: if self.server_side {
                Side::Server
            } else {
                Side::Client
            },
            server_name: self.server_name.map(|name| text(&name, vm)).transpose()?,
            verify: match self.verify {
                0 => Verify::None,
                1 => Verify::Optional,
                _ => Verify::Required,
            },
            check_name: self.check_name,
            common_name: self.common_name,
            system_roots: self.system_roots,
            roots: copies(&self.roots),
            chain: copies(&self.chain),
            key: self.key.as_ref().map(key),
            alpn: texts(self.alpn)?,
            versions: versions
                .iter()
                .map(|version| match version.as_str() {
                    "TLSv1.2" => Ok(TlsVersion::V12),
                    "TLSv1.3" => Ok(TlsVersion::V13),
                    _ => Err(vm.new_value_error(format!("{version} is not available"))),
                })
                .collect::<PyResult<_>>()?,
            ciphers: texts(self.ciphers)?,
        }))
    }
}

fn copies(list: &[ArgBytesLike]) -> Vec<Vec<u8>> {
    list.iter().map(|one| one.borrow_buf().to_vec()).collect()
}

fn key(pem: &ArgBytesLike) -> Key {
    Key(pem.borrow_buf().to_vec())
}

/// Makes the class of what goes wrong in TLS alone, an OSError with a `kind` and OpenSSL's number of the reason as `code`.
pub(super) fn error_class(vm: &VirtualMachine) -> PyTypeRef {
    let base = vm.ctx.exceptions.os_error.to_owned();
    vm.ctx
        .new_exception_type("_rehearsal", "tls_error", Some(vec![base]))
}

pub(super) fn error(
    class: &PyTypeRef,
    trouble: TlsTrouble,
    message: PyObjectRef,
    vm: &VirtualMachine,
) -> PyBaseExceptionRef {
    let (kind, code) = match trouble {
        TlsTrouble::WantWrite => ("want_write", 0),
        TlsTrouble::EndOfFile => ("eof", 0),
        TlsTrouble::Certificate(code) => ("certificate", code),
        TlsTrouble::Protocol => ("protocol", 0),
    };
    let error = vm.new_exception(class.clone(), vec![1.to_pyobject(vm), message]);
    let set = |name: &'static str, value: PyObjectRef| error.as_object().set_attr(name, value, vm);
    match set("kind", kind.to_pyobject(vm)).and_then(|()| set("code", code.to_pyobject(vm))) {
        Ok(()) => error,
        Err(error) => error,
    }
}

pub(super) fn add(module: &PyRef<PyModule>, door: &Arc<Door>, vm: &VirtualMachine) -> PyResult<()> {
    function!(module, door, vm, "start_tls", (handle: u64, settings: Settings),
        Request::StartTls { handle: Handle(handle), tls: settings.tls(vm)? }, Reply::Done => vm.ctx.none());
    function!(module, door, vm, "handshake", (handle: u64, timeout: Option<u64>),
        Request::Handshake { handle: Handle(handle), timeout }, Reply::Secured(found) => secured(found, vm));
    function!(module, door, vm, "end_tls", (handle: u64, timeout: Option<u64>),
        Request::EndTls { handle: Handle(handle), timeout }, Reply::Done => vm.ctx.none());
    function!(module, door, vm, "read_certificate", (der: ArgBytesLike),
        Request::ReadCertificate { der: der.borrow_buf().to_vec() },
        Reply::Certificate(found) => certificate(found, vm));
    function!(module, door, vm, "check_key", (certificate: ArgBytesLike, pem: ArgBytesLike),
        Request::CheckKey { certificate: certificate.borrow_buf().to_vec(), key: key(&pem) },
        Reply::Done => vm.ctx.none());
    Ok(())
}

fn secured(found: Secured, vm: &VirtualMachine) -> PyObjectRef {
    let version = match found.version {
        TlsVersion::V12 => "TLSv1.2",
        TlsVersion::V13 => "TLSv1.3",
    };
    let chain = found.chain.into_iter();
    let chain = chain.map(|der| vm.ctx.new_bytes(der.0).into()).collect();
    let chain = vm.ctx.new_list(chain);
    vm.new_tuple((version, found.cipher, found.bits, found.alpn, chain))
        .into()
}

fn certificate(found: Certificate, vm: &VirtualMachine) -> PyObjectRef {
    let pairs = |list: Vec<(String, String)>| -> PyObjectRef {
        let list = list.into_iter();
        vm.ctx
            .new_list(list.map(|pair| vm.new_tuple(pair).into()).collect())
            .into()
    };
    let fields: Vec<PyObjectRef> = vec![
        pairs(found.subject),
        pairs(found.issuer),
        found.version.to_pyobject(vm),
        found.serial.to_pyobject(vm),
        found.not_before.to_pyobject(vm),
        found.not_after.to_pyobject(vm),
        pairs(found.names),
        found.authority.to_pyobject(vm),
    ];
    vm.ctx.new_tuple(fields).into()
}
