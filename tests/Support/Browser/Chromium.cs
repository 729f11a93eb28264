using System.Diagnostics;

namespace Odm.Tests;

/// <summary>A Chromium without a window: <c>ODM_CHROMIUM</c>, else the first on the path.</summary>
internal static class Chromium
{
    /// <summary>The executable, or null where there is none.</summary>
    public static string? Executable { get; } = Environment.GetEnvironmentVariable("ODM_CHROMIUM") is { Length: > 0 } named ? named
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(_ => new[] { "chromium", "chromium-browser", "google-chrome" }, Path.Combine).FirstOrDefault(File.Exists);

    /// <summary>Opens a page and gives what it then consists of and what stands in its console.</summary>
    public static (string Dom, IReadOnlyList<string> Console) Open(string file)
    {
        var profile = Directory.CreateTempSubdirectory("odm-chromium-").FullName;
        try
        {
            using var browser = Process.Start(new ProcessStartInfo(Executable!, ["--headless", "--disable-gpu", "--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir=" + profile,
                "--virtual-time-budget=10000", "--enable-logging=stderr", "--dump-dom", new Uri(file).AbsoluteUri])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var errors = browser.StandardError.ReadToEndAsync();
            var dom = browser.StandardOutput.ReadToEnd();
            browser.WaitForExit();
            return (dom, [.. errors.Result.Split('\n').Where(l => l.Contains("CONSOLE", StringComparison.Ordinal))]);
        }
        finally
        {
            Directory.Delete(profile, recursive: true);
        }
    }
}
