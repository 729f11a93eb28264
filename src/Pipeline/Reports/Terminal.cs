using Spectre.Console;

namespace Odm.Pipeline.Reports;

/// <summary>Tables on stdout: as wide as the terminal, or wide enough where it is a file or pipe.</summary>
public static class Terminal
{
    /// <summary>A console on stdout.</summary>
    public static IAnsiConsole Out()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = Console.IsOutputRedirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Out = new AnsiConsoleOutput(Console.Out)
        });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = 160;
        }

        return console;
    }
}
