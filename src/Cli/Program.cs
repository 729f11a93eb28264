return Odm.Cli.OdmCommand.Run(args);
