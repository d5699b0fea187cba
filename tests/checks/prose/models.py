"""An NLI model and an embedding model of random weights that are made in a second."""

from pathlib import Path

import torch
from tiny_model import make_model
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

LABELS = ("contradiction", "entailment")


def make_entailment(folder: Path, answers: int = 1, labels: tuple[str, str] = LABELS) -> Path:
    """Save a classifier of sentence pairs that answers one label, whatever it reads."""
    make_model(folder, hidden=32, layers=1)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2,
        pad_token_id=tokenizer.pad_token_id, id2label=dict(enumerate(labels)),
        label2id={label: index for index, label in enumerate(labels)},
    )  # fmt: skip
    model = BertForSequenceClassification(config)
    with torch.no_grad():
        model.classifier.weight.zero_()
        model.classifier.bias.fill_(-5.0)
        model.classifier.bias[answers] = 5.0
    model.save_pretrained(folder)
    return folder


def make_embeddings(folder: Path) -> Path:
    """Save a model that has hidden states and no head that classifies."""
    return make_model(folder, hidden=64, layers=1)
