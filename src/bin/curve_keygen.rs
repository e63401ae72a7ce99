//! `curve_keygen`: prints a new CURVE key pair as Z85 texts, in the form that libzmq's tool of this name uses.

use std::process::ExitCode;

fn main() -> ExitCode {
    match zmq::util::keys::pair() {
        Ok((public, secret)) => {
            println!("A CurveZMQ key pair in Z85 (rfc.zeromq.org/spec/32), for configuration files or source code.\n");
            println!("== CURVE PUBLIC KEY ==\n{}\n\n== CURVE SECRET KEY ==\n{}", public.as_str(), secret.as_str());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("curve_keygen: the system gives no random numbers ({error:?})");
            ExitCode::FAILURE
        }
    }
}
