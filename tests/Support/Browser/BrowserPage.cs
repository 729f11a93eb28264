using Microsoft.Playwright;

namespace Odm.Tests;

/// <summary>
/// A page of the system's Chromium without a window, driven by Playwright and cut off from any network. What it says in its console, throws, or asks of another address is kept. A test
/// that uses it is marked <see cref="BrowserFactAttribute"/>.
/// </summary>
internal sealed class BrowserPage : IAsyncDisposable
{
    private readonly IPlaywright playwright;
    private readonly IBrowser browser;
    private readonly List<string> console = [];
    private readonly List<string> asked = [];

    private BrowserPage(IPlaywright playwright, IBrowser browser, IPage page)
    {
        (this.playwright, this.browser, Page) = (playwright, browser, page);
        page.Console += (_, message) => console.Add($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => console.Add("error: " + error);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("data:", StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal))
            {
                asked.Add(request.Url);
            }
        };
    }

    /// <summary>Playwright's page: clicks, keys, locators, screenshots.</summary>
    public IPage Page { get; }

    /// <summary>What stands in the console, and errors that no script caught.</summary>
    public IReadOnlyList<string> Console => console;

    /// <summary>What was loaded that is not inside a page; a page that is complete asks for its own file alone.</summary>
    public IReadOnlyList<string> Asked => asked;

    /// <summary>Opens a file.</summary>
    public static async Task<BrowserPage> Open(string file, int width = 1280, int height = 800)
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium.Executable, Args = ["--no-sandbox", "--disable-gpu"] });
        var context = await browser.NewContextAsync(new() { Offline = true, AcceptDownloads = true, ViewportSize = new() { Width = width, Height = height } });
        var opened = new BrowserPage(playwright, browser, await context.NewPageAsync());
        await opened.Page.GotoAsync(new Uri(file).AbsoluteUri);
        return opened;
    }

    /// <summary>Does what makes the page hand over a file, and gives the file's text.</summary>
    public async Task<string> Saved(Func<Task> act)
    {
        var download = await Page.RunAndWaitForDownloadAsync(act);
        return await File.ReadAllTextAsync(await download.PathAsync());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }
}
