namespace Odm.Tests;

/// <summary>Real data that lie beside the repository (<c>../shared/data</c>) and are never part of it.</summary>
internal static class SharedData
{
    /// <summary>The folder, or null where it is absent.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>A file or folder below it; the test is to be marked <see cref="SharedDataFactAttribute"/>.</summary>
    public static string Path(string relative) => System.IO.Path.Combine(Folder ?? throw new InvalidOperationException("no shared data"), relative);

    private static string? Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (!File.Exists(System.IO.Path.Combine(at.FullName, "Odm.sln")))
            {
                continue;
            }
            var folder = System.IO.Path.Combine(at.Parent?.FullName ?? "", "shared", "data");
            return Directory.Exists(folder) ? folder : null;
        }
        return null;
    }
}

/// <summary>A test that wants a file of the shared data; skipped with a reason where that is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedDataFactAttribute : FactAttribute
{
    public SharedDataFactAttribute(string relative)
    {
        var folder = SharedData.Folder;
        if (folder is null || !Path.Exists(Path.Combine(folder, relative)))
        {
            Skip = $"../shared/data/{relative} is absent";
        }
    }
}
