"""What does a job start? The command line, with the variables that came with the job."""

from synth.cluster.environment import load

if __name__ == "__main__":
    load()
    from synth.cli import main

    main()
