return Odm.Pipeline.Cli.Run(args);
