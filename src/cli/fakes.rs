//! The fakes of `serve` and `consumer`: each contract's, on a socket of its own, and the variables that lead there.

use super::arguments::Common;
use super::diagnostic::{self, Failure};
use super::exit::Exit;
use super::targets::{asked, secrets};
use crate::contract::Contract;
use crate::fake::make_secrets;
use crate::listener::Listener;
use crate::project::Project;
use crate::secret::{Redactor, Secret, Vault};
use crate::standing::{Observer, Standing};
use crate::witness::Witness;
use indexmap::IndexMap;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::watch;

/// The contracts whose fakes are to stand, with the secrets that are right for all of them.
pub struct Cast {
    /// The contracts.
    pub contracts: Vec<Arc<Contract>>,
    /// Their secrets: the environment's, and made ones where it has none.
    pub vault: Arc<Vault>,
    /// Takes them out of everything that is said.
    pub redactor: Arc<Redactor>,
}

/// A fake that answers at an address.
pub struct Standpoint {
    /// The fake.
    pub fake: Arc<Standing>,
    /// Where it answers.
    pub address: SocketAddr,
}

impl Cast {
    /// Reads the contracts that are asked for, or all.
    ///
    /// # Errors
    /// An unknown contract, a wrong one, or a secret that cannot be used.
    pub fn read(project: &Project, common: &Common) -> Result<Self, Failure> {
        let (mut contracts, mut vault) = (Vec::new(), Vault::default());
        for name in &asked(project, common)? {
            let contract = project
                .contract(name)
                .map_err(|problems| Failure::of_problems(&project.folder, problems, Exit::CouldNotRun))?;
            secrets(&contract, None, &mut vault)?;
            contracts.push(Arc::new(contract));
        }
        if contracts.is_empty() {
            return Err(Failure::Usage("the project has no contract\n  help: add one below contracts/".to_owned()));
        }
        // One secret may open several providers: it is made once.
        contracts.iter().try_for_each(|contract| make_secrets(contract, &mut vault)).map_err(Failure::CouldNotRun)?;
        let redactor = Arc::new(Redactor::new([&vault]));
        diagnostic::guard(&redactor);
        Ok(Self { contracts, vault: Arc::new(vault), redactor })
    }

    /// Lets a contract's fake answer at a port (0: a free one) until `stop` holds `true`.
    ///
    /// # Errors
    /// The port cannot be used.
    pub async fn stand(
        &self,
        contract: &Arc<Contract>,
        port: u16,
        explains: bool,
        observer: Box<Observer>,
        stop: &watch::Receiver<bool>,
    ) -> Result<(Standpoint, tokio::task::JoinHandle<()>), Failure> {
        let listener = bind(port, contract.name.as_str()).await?;
        let server_path = contract.server.path(&IndexMap::new()).map_err(Failure::CouldNotRun)?;
        let witness = Witness::new(contract.clone(), server_path, self.vault.clone(), self.redactor.clone());
        let fake = Arc::new(Standing::new(witness, explains, observer));
        let address = listener.address();
        let answering = fake.clone();
        let service = hyper::service::service_fn(move |request| {
            let fake = answering.clone();
            async move { fake.serve(request).await }
        });
        let serving = tokio::spawn(listener.serve(service, stop.clone()));
        Ok((Standpoint { fake, address }, serving))
    }

    /// The secrets of a contract's credentials, by the variables in which its consumers have them.
    pub fn secrets(&self, contract: &Contract) -> Vec<(String, Secret)> {
        let parties = contract.credentials.values().flat_map(|credential| &credential.parties);
        let mut found: Vec<(String, Secret)> = Vec::new();
        for name in parties.map(|party| &party.secret) {
            if let Some(secret) = self.vault.get(name)
                && found.iter().all(|(known, _)| known != name.as_str())
            {
                found.push((name.to_string(), secret.clone()));
            }
        }
        found
    }

    /// The variables that `contract.toml` names, filled in for a fake at that address.
    ///
    /// # Errors
    /// A template that cannot be rendered.
    pub fn variables(&self, contract: &Contract, address: SocketAddr) -> Result<Vec<(String, Secret)>, Failure> {
        let secrets: serde_json::Map<String, Value> =
            self.vault.iter().map(|(name, secret)| (name.to_string(), json!(secret.expose()))).collect();
        let context = json!({
            "url": format!("http://{address}"),
            "host": address.ip().to_string(),
            "port": address.port().to_string(),
            "secret": secrets,
        });
        let filled = contract.variables.iter().map(|(name, template)| {
            let value = template.render(&context).map_err(|wrong| {
                Failure::CouldNotRun(format!("contracts/{}/contract.toml: variables.{name}: {wrong}", contract.name))
            })?;
            Ok((name.clone(), Secret::new(value)))
        });
        filled.collect()
    }
}

/// Binds a port of the loopback for `what`.
///
/// # Errors
/// It is taken, or may not be used.
pub async fn bind(port: u16, what: &str) -> Result<Listener, Failure> {
    Listener::bind(port).await.map_err(|error| {
        let help = "--port and --port-base choose other ports; 0 takes a free one";
        Failure::CouldNotRun(format!("port {port} of {what} cannot be used: {error}\n  help: {help}"))
    })
}
