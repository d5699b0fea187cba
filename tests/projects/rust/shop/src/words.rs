//! Words for things.

/// Can be put into words.
pub trait Label {
    fn label(&self) -> String;

    fn shout(&self) -> String {
        self.label().to_uppercase()
    }
}

impl Label for f64 {
    fn label(&self) -> String {
        format!("{:.2}", self)
    }
}
