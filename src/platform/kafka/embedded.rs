//! A broker inside this process: librdkafka's mock, enough to see the stream on a bare machine.
//!
//! It keeps 5 MiB of each partition in memory, listens on a port of its own choosing on loopback,
//! and knows no administration: topics are made here.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rdkafka::{
    ClientConfig,
    error::{KafkaError, KafkaResult, RDKafkaErrorCode},
    mocking::MockCluster,
    producer::{BaseProducer, DefaultProducerContext, Producer as _},
};

use super::Cluster;

/// The file in the data folder that says where the embedded broker listens.
const FILE: &str = "kafka.addr";

/// The embedded broker. It ends when this is dropped, and what it kept is gone.
pub struct Embedded {
    owner: BaseProducer,
}

impl Embedded {
    /// Starts it with `topics`.
    pub fn start(topics: &[String], partitions: i32) -> KafkaResult<Self> {
        let owner: BaseProducer = ClientConfig::new()
            .set("test.mock.num.brokers", "1")
            .create()?;
        let embedded = Self { owner };
        for topic in topics {
            embedded.mock()?.create_topic(topic, partitions, 1)?;
        }
        Ok(embedded)
    }

    /// Where it listens, as host:port.
    pub fn address(&self) -> KafkaResult<String> {
        Ok(self.mock()?.bootstrap_servers())
    }

    /// As its clients see it.
    pub fn cluster(&self) -> KafkaResult<Cluster> {
        Ok(Cluster::embedded(&self.address()?))
    }

    /// The mock itself, to inject faults.
    pub fn mock(&self) -> KafkaResult<MockCluster<'_, DefaultProducerContext>> {
        let mock = self.owner.client().mock_cluster();
        mock.ok_or(KafkaError::MockCluster(RDKafkaErrorCode::Fail))
    }

    /// Writes where it listens into the data folder, for other programs of this machine.
    pub fn announce(&self, data_dir: &Path) -> io::Result<AddressFile> {
        let address = self.address().map_err(io::Error::other)?;
        let path = data_dir.join(FILE);
        fs::write(&path, format!("{address}\n"))?;
        Ok(AddressFile { path, address })
    }
}

/// The written address. The file is removed with it.
pub struct AddressFile {
    path: PathBuf,
    address: String,
}

impl Drop for AddressFile {
    fn drop(&mut self) {
        // Another server may have written its own since.
        let is_own = fs::read_to_string(&self.path).is_ok_and(|text| text.trim() == self.address);
        if is_own && let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(%error, "The address file of the embedded Kafka stays.");
        }
    }
}

/// Where the embedded broker of the server on this data folder listens, if one does.
pub fn address_of(data_dir: &Path) -> Option<String> {
    let text = fs::read_to_string(data_dir.join(FILE)).ok()?;
    Some(text.trim().to_owned()).filter(|address| !address.is_empty())
}
