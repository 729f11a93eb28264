using System.CommandLine;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Execution;

namespace Odm.Cli;

/// <summary><c>odm schema</c>: the JSON Schema of the study file.</summary>
internal static class SchemaCommand
{
    /// <summary>Declares it.</summary>
    public static Command Make()
    {
        var command = new Command("schema", "Prints the JSON Schema of the study file, with which editors complete and check its fields.");
        command.SetAction(_ => Outcome.Of((_, _) => Console.Out.Write(StudySchema.Text())));
        return command;
    }
}
