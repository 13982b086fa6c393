//! A GPIO expander in the manner of the PCF8574, the TCA9555 and the MCP23017.

use indexmap::IndexMap;

/// One bit for each pin, the lowest for the first.
type Bits = u16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpanderType {
    pub name: &'static str,
    /// 8 or 16.
    pub pins: u8,
    family: Family,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    /// No registers: a pin that is written 1 is weakly high, and an input as well.
    QuasiBidirectional,
    /// Input, output, polarity, configuration; inputs have pull-ups, or none.
    Tca { pull_ups: bool },
    /// Eleven registers from IODIR to OLAT, those of two ports side by side.
    Mcp,
}

const fn expander(name: &'static str, pins: u8, family: Family) -> ExpanderType {
    ExpanderType { name, pins, family }
}

pub const EXPANDERS: [ExpanderType; 6] = [
    expander("PCF8574", 8, Family::QuasiBidirectional),
    expander("PCF8575", 16, Family::QuasiBidirectional),
    expander("TCA9534", 8, Family::Tca { pull_ups: false }),
    expander("TCA9555", 16, Family::Tca { pull_ups: true }),
    expander("MCP23008", 8, Family::Mcp),
    expander("MCP23017", 16, Family::Mcp),
];

/// The registers of the TCA family.
mod tca {
    pub const INPUT: usize = 0;
    pub const OUTPUT: usize = 1;
    pub const POLARITY: usize = 2;
    /// 1 is an input.
    pub const CONFIGURATION: usize = 3;
    pub const COUNT: usize = 4;
}

/// The registers of the MCP family that have an effect, or are read-only.
mod mcp {
    /// 1 is an input.
    pub const IODIR: usize = 0;
    pub const IPOL: usize = 1;
    /// One for both ports.
    pub const IOCON: usize = 5;
    /// The bits of IOCON that can be set. BANK, the highest one, cannot: the order of the registers is always that of 0.
    pub const IOCON_BITS: u8 = 0x7E;
    pub const GPPU: usize = 6;
    pub const INTF: usize = 7;
    pub const INTCAP: usize = 8;
    pub const GPIO: usize = 9;
    pub const OLAT: usize = 10;
    pub const COUNT: usize = 11;
}

/// What a chip does to a pin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drive {
    High,
    Low,
    /// High as long as nobody else drives it low.
    Weak,
    /// It only looks.
    None,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Expander {
    kind: ExpanderType,
    /// Tells it from all others of the station.
    id: usize,
    /// The level of a pin that is high, in volts.
    pub supply: f64,
    /// What its pins are wired to: number of the pin → channel.
    pub wires: IndexMap<u8, String>,
    /// By number; of one without registers, what was written.
    registers: Vec<Bits>,
    /// The next byte: of registers in the order of the bus.
    pointer: usize,
    /// The levels at its pins.
    levels: Bits,
}

impl Expander {
    pub fn new(kind: ExpanderType, id: usize, supply: f64) -> Self {
        let registers = match kind.family {
            Family::QuasiBidirectional => vec![Bits::MAX],
            Family::Tca { .. } => {
                let mut registers = vec![0; tca::COUNT];
                registers[tca::OUTPUT] = Bits::MAX;
                registers[tca::CONFIGURATION] = Bits::MAX;
                registers
            }
            Family::Mcp => {
                let mut registers = vec![0; mcp::COUNT];
                registers[mcp::IODIR] = Bits::MAX;
                registers
            }
        };
        Self {
            kind,
            id,
            supply,
            wires: IndexMap::new(),
            registers,
            pointer: 0,
            levels: 0,
        }
    }

    pub fn pins(&self) -> u8 {
        self.kind.pins
    }

    /// The name a pin has among those that are wired together.
    pub fn node(&self, pin: u8) -> String {
        format!("expander {} pin {pin}", self.id)
    }

    /// The pin of this name, if it is one of these.
    pub fn pin_of(&self, node: &str) -> Option<u8> {
        let rest = node.strip_prefix("expander ")?;
        let (id, pin) = rest.split_once(" pin ")?;
        let pin = pin.parse().ok().filter(|pin| *pin < self.kind.pins)?;
        (id.parse() == Ok(self.id)).then_some(pin)
    }

    pub fn drive(&self, pin: u8) -> Drive {
        let bit = |register: usize| self.registers[register] >> pin & 1 == 1;
        let (is_input, is_high, pull_up) = match self.kind.family {
            Family::QuasiBidirectional => (bit(0), false, true),
            Family::Tca { pull_ups } => (bit(tca::CONFIGURATION), bit(tca::OUTPUT), pull_ups),
            Family::Mcp => (bit(mcp::IODIR), bit(mcp::OLAT), bit(mcp::GPPU)),
        };
        match (is_input, is_high, pull_up) {
            (false, true, _) => Drive::High,
            (false, false, _) => Drive::Low,
            (true, _, true) => Drive::Weak,
            (true, _, false) => Drive::None,
        }
    }

    /// Says what levels are at the pins.
    pub fn sense(&mut self, is_high: impl Fn(u8) -> bool) {
        let pins = (0..self.kind.pins).filter(|pin| is_high(*pin));
        self.levels = pins.fold(0, |levels, pin| levels | 1 << pin);
    }

    pub fn write(&mut self, mut data: &[u8]) {
        if self.kind.family != Family::QuasiBidirectional {
            let [pointer, rest @ ..] = data else {
                return;
            };
            self.pointer = usize::from(*pointer) % self.bytes();
            data = rest;
        } else if !data.is_empty() {
            self.pointer = 0;
        }
        for byte in data {
            let (register, port) = self.place();
            self.put(register, port, *byte);
            self.step();
        }
    }

    pub fn read(&mut self, count: usize) -> Vec<u8> {
        if self.kind.family == Family::QuasiBidirectional {
            self.pointer = 0;
        }
        let mut read = Vec::with_capacity(count);
        for _ in 0..count {
            let (register, port) = self.place();
            let [low, high] = self.get(register).to_le_bytes();
            read.push(if port == 0 { low } else { high });
            self.step();
        }
        read
    }

    fn ports(&self) -> usize {
        usize::from(self.kind.pins) / 8
    }

    /// How many bytes its registers have.
    fn bytes(&self) -> usize {
        self.registers.len() * self.ports()
    }

    /// The register and the port that the next byte is of.
    fn place(&self) -> (usize, usize) {
        (self.pointer / self.ports(), self.pointer % self.ports())
    }

    fn step(&mut self) {
        let ports = self.ports();
        self.pointer = match self.kind.family {
            Family::Mcp => (self.pointer + 1) % self.bytes(),
            // To and fro between the ports of one register.
            _ => self.pointer / ports * ports + (self.pointer + 1) % ports,
        };
    }

    fn get(&self, register: usize) -> Bits {
        match (self.kind.family, register) {
            (Family::QuasiBidirectional, _) => self.levels,
            // Of an output the level shows as it is.
            (Family::Tca { .. }, tca::INPUT) => {
                let inverted = self.registers[tca::POLARITY] & self.registers[tca::CONFIGURATION];
                self.levels ^ inverted
            }
            (Family::Mcp, mcp::GPIO) => {
                let inverted = self.registers[mcp::IPOL] & self.registers[mcp::IODIR];
                self.levels ^ inverted
            }
            _ => self.registers[register],
        }
    }

    fn put(&mut self, register: usize, port: usize, byte: u8) {
        let register = match (self.kind.family, register) {
            (Family::Tca { .. }, tca::INPUT) | (Family::Mcp, mcp::INTF | mcp::INTCAP) => return,
            (Family::Mcp, mcp::IOCON) => {
                self.registers[register] = Bits::from_le_bytes([byte & mcp::IOCON_BITS; 2]);
                return;
            }
            (Family::Mcp, mcp::GPIO) => mcp::OLAT,
            (_, register) => register,
        };
        let mut bytes = self.registers[register].to_le_bytes();
        if let Some(half) = bytes.get_mut(port) {
            *half = byte;
        }
        self.registers[register] = Bits::from_le_bytes(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Expander {
        let kind = EXPANDERS.iter().find(|kind| kind.name == name).unwrap();
        Expander::new(*kind, 3, 3.3)
    }

    #[test]
    fn what_has_no_registers_is_weakly_high() {
        let mut expander = named("PCF8575");
        assert_eq!(expander.drive(15), Drive::Weak);
        expander.write(&[0xFE, 0x7F]);
        let drives = [0, 1, 14, 15].map(|pin| expander.drive(pin));
        assert_eq!(drives, [Drive::Low, Drive::Weak, Drive::Weak, Drive::Low]);
        expander.sense(|pin| [1, 8].contains(&pin));
        assert_eq!(expander.read(3), [0x02, 0x01, 0x02]);
    }

    #[test]
    fn registers_of_two_ports_take_turns() {
        let mut expander = named("TCA9555");
        assert_eq!(expander.drive(0), Drive::Weak);
        expander.write(&[6, 0x00, 0xFE]);
        expander.write(&[2, 0x01, 0x00]);
        let drives = [0, 1, 8, 9].map(|pin| expander.drive(pin));
        assert_eq!(drives, [Drive::High, Drive::Low, Drive::Low, Drive::Weak]);
        expander.write(&[5, 0x02]);
        expander.write(&[0, 0x55]);
        expander.sense(|pin| [0, 15].contains(&pin));
        expander.write(&[0]);
        assert_eq!(expander.read(3), [0x01, 0x82, 0x01]);
        expander.write(&[7]);
        assert_eq!(expander.read(2), [0xFE, 0x00]);
    }

    #[test]
    fn one_port_stays_at_its_register() {
        let mut expander = named("TCA9534");
        assert_eq!(expander.drive(7), Drive::None);
        expander.write(&[3, 0x0F, 0x7F]);
        assert_eq!(expander.drive(7), Drive::High);
        expander.write(&[3]);
        assert_eq!(expander.read(2), [0x7F, 0x7F]);
    }

    #[test]
    fn a_polarity_is_for_inputs() {
        for (name, polarity, configuration) in [("TCA9534", 2, 3), ("TCA9555", 4, 6)] {
            let mut expander = named(name);
            expander.write(&[polarity, 0xFF]);
            expander.write(&[configuration, 0x0F]);
            expander.sense(|pin| [0, 4].contains(&pin));
            expander.write(&[0]);
            assert_eq!(expander.read(1), [0x1E], "{name}");
        }
    }

    #[test]
    fn both_ports_share_one_iocon() {
        let mut expander = named("MCP23017");
        for address in [0x0A, 0x0B] {
            expander.write(&[address, 0x20]);
            expander.write(&[0x0A]);
            assert_eq!(expander.read(2), [0x20, 0x20]);
            // BANK stays 0, and the order of the registers as it is.
            expander.write(&[address, 0x82]);
            expander.write(&[0x0A]);
            assert_eq!(expander.read(3), [0x02, 0x02, 0x00]);
        }
        let mut expander = named("MCP23008");
        expander.write(&[0x05, 0x20]);
        expander.write(&[0x05]);
        assert_eq!(expander.read(2), [0x20, 0x00]);
    }

    #[test]
    fn the_ports_of_a_register_lie_side_by_side() {
        let mut expander = named("MCP23017");
        assert_eq!(expander.drive(0), Drive::None);
        // IODIRA, IODIRB, then IPOLA.
        expander.write(&[0x00, 0xF0, 0xFF, 0x11]);
        // GPIOA writes the latch; GPPUB.
        expander.write(&[0x12, 0x01]);
        expander.write(&[0x0D, 0x80]);
        let drives = [0, 1, 4, 15].map(|pin| expander.drive(pin));
        assert_eq!(drives, [Drive::High, Drive::Low, Drive::None, Drive::Weak]);
        expander.sense(|pin| [0, 4].contains(&pin));
        expander.write(&[0x12]);
        // Only the input is inverted; OLATA follows behind GPIOB.
        assert_eq!(expander.read(3), [0x01, 0x00, 0x01]);
        // INTF cannot be written.
        expander.write(&[0x0E, 0xFF]);
        expander.write(&[0x0E]);
        assert_eq!(expander.read(1), [0x00]);
        // Behind the last register comes the first.
        expander.write(&[0x15]);
        assert_eq!(expander.read(2), [0x00, 0xF0]);
    }

    #[test]
    fn pins_have_names_of_their_own() {
        let expander = named("MCP23008");
        assert_eq!(expander.pin_of(&expander.node(7)), Some(7));
        for node in ["expander 3 pin 8", "expander 4 pin 0", "P00"] {
            assert_eq!(expander.pin_of(node), None, "{node}");
        }
    }
}
