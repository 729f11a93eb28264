using Odm.Tests;

namespace Odm.Cli.Tests;

public class BrowserPageTests
{
    [BrowserFact]
    public async Task Keys_downloads_errors_and_outside_requests_of_a_page_are_seen()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("page.html", """
            <!DOCTYPE html><title>t</title><img src="https://example.org/x.png"><button>save</button><script>
            addEventListener('keydown', e => document.title = e.key);
            document.querySelector('button').onclick = () => { const a = document.createElement('a');
                a.href = URL.createObjectURL(new Blob(['a,b\n'])); a.download = 'x.csv'; a.click(); };
            undefinedName;
            </script>
            """);
        await using var browser = await BrowserPage.Open(file);
        await browser.Page.Keyboard.PressAsync("k");
        (await browser.Page.TitleAsync()).ShouldBe("k");
        (await browser.Saved(() => browser.Page.ClickAsync("button"))).ShouldBe("a,b\n");
        browser.Console.ShouldContain(c => c.Contains("undefinedName", StringComparison.Ordinal));
        browser.Asked.ShouldContain("https://example.org/x.png");
    }
}
