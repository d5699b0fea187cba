"""The checks of prose: is what a sample says in the documents that it rests on, and does it stand alone?"""
