using Odm.Classify.Readers;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Tests;

namespace Odm.Cli.Tests;

/// <summary>A reader goes through the page; what the page saves is scored.</summary>
public sealed class ReviewPageTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ReviewKey key;

    public ReviewPageTests()
    {
        Set(ImageRow.Real).Save(folder["real"]);
        Set(ImageRow.Synthetic).Save(folder["dm"]);
        var (code, output, error) = Executable.Run("review", "make", folder["real"], folder["dm"], "--out", folder["review"], "--count", "8", "--seed", "5", "--ask", "origin,grade,lesion");
        code.ShouldBe(0, error);
        output.ShouldContain("8 images, half of them real (4 of dm, 4 of real)");
        key = ReviewKey.Read(folder["review/key.csv"]);
    }

    private string Page => folder["review/review.html"];

    public void Dispose() => folder.Dispose();

    [BrowserFact]
    public async Task A_review_with_a_pause_a_reload_and_another_computer_gives_the_values_computed_by_hand()
    {
        string partial;
        await using (var browser = await BrowserPage.Open(Page))
        {
            var page = browser.Page;
            await StopClock(page);
            await page.FillAsync("#reader", "Dr. \"A\", Bern");
            await page.ClickAsync("#go");
            (await page.TextContentAsync("#count")).ShouldBe("Image 1 of 8");
            (await page.IsVisibleAsync("#mask")).ShouldBeFalse();
            await page.Keyboard.PressAsync("m");
            (await page.IsVisibleAsync("#mask")).ShouldBeTrue();
            await Judge(browser, mouse: true);
            await page.Keyboard.PressAsync("p");
            (await page.IsVisibleAsync("#image")).ShouldBeFalse();
            await page.Clock.RunForAsync(60_000);
            await page.Keyboard.PressAsync("p");
            await Judge(browser);

            await page.ReloadAsync();
            await page.FillAsync("#reader", "dr. \"a\", bern"); // the same person
            (await page.TextContentAsync("#go")).ShouldBe("Continue");
            await page.ClickAsync("#go");
            (await page.TextContentAsync("#count")).ShouldBe("Image 3 of 8");
            await Judge(browser);
            partial = folder.Write("partial.csv", await browser.Saved(() => page.Keyboard.PressAsync("s")));
            browser.Console.ShouldBeEmpty();
        }

        File.ReadAllLines(partial).Length.ShouldBe(4);
        Executable.Run("score", "readers", partial, "--key", folder["review/key.csv"]).Error.ShouldContain("5 of 8 images have no answer");
        await using (var browser = await BrowserPage.Open(Page))
        {
            var page = browser.Page;
            await StopClock(page);
            await page.SetInputFilesAsync("#load", folder.Write("foreign.csv", File.ReadAllText(partial).Replace(key.Review, "another", StringComparison.Ordinal)));
            await Microsoft.Playwright.Assertions.Expect(page.Locator("#fault")).ToHaveTextAsync("This CSV belongs to another review.");
            await page.SetInputFilesAsync("#load", partial);
            await Microsoft.Playwright.Assertions.Expect(page.Locator("#count")).ToHaveTextAsync("Image 4 of 8");

            // back to the third image: its answers are shown, one is changed and changed back
            await page.Keyboard.PressAsync("ArrowLeft");
            (await page.Locator("#questions button[aria-pressed=true]").CountAsync()).ShouldBe(3);
            await page.Locator("fieldset").Nth(2).Locator("button").Nth(1).ClickAsync();
            await page.Locator("fieldset").Nth(2).Locator("button").Nth(0).ClickAsync();
            await page.Keyboard.PressAsync("ArrowRight");
            for (var i = 3; i < 8; i++)
            {
                await Judge(browser);
            }
            await Microsoft.Playwright.Assertions.Expect(page.Locator("#end")).ToBeVisibleAsync();
            folder.Write("all.csv", await browser.Saved(() => page.ClickAsync("#finish")));
            browser.Console.ShouldBeEmpty();
            browser.Asked.ShouldBe([new Uri(Page).AbsoluteUri]);
        }

        var answers = ReaderAnswers.Read(folder["all.csv"], key);
        answers.Reader.ShouldBe("Dr. \"A\", Bern");
        File.ReadLines(folder["all.csv"]).Skip(1).Select(l => l.Replace("\"Dr. \"\"A\"\", Bern\"", "A", StringComparison.Ordinal).Split(',')[3]).ShouldBe(Enumerable.Range(1, 8).Select(i => $"{i}"));
        answers.Seconds.ShouldAllBe(s => s == 2.2); // two seconds and the moment in which the answer is shown; the pause is not counted

        var (code, output, error) = Executable.Run("score", "readers", folder["all.csv"], "--key", folder["review/key.csv"]);
        code.ShouldBe(0, error);
        var rows = output.Split('\n');
        void Row(string metric, string value) => rows.ShouldContain(r => r.StartsWith($"{metric},\"Dr. \"\"A\"\", Bern\",{value},", StringComparison.Ordinal), $"{metric}\n{output}");
        Row("accuracy", "0.7500"); // 3 of 4 of both kinds
        Row("sensitivity", "0.7500");
        Row("specificity", "0.7500");
        Row("d_prime", "1.0488"); // z(3.5 / 5) - z(1.5 / 5)
        Row("auc", "0.9375"); // ratings 3 3 3 -1 against 1 -2 -2 -2: 15 of 16 pairs
        Row("p_chance", "0.2891"); // twice (1 + 8 + 28) / 2^8
        Row("seconds_per_image", "2.2000");
        Row("grade_accuracy_generated", "1.0000");
        Row("grade_accuracy_real", "1.0000");
        Row("lesion_plausible_generated", "0.0000");
        Row("lesion_plausible_real", "1.0000");
        rows.ShouldContain(r => r.StartsWith("accuracy,\"Dr. \"\"A\"\", Bern\",0.7500,0.3491,0.9681,8", StringComparison.Ordinal)); // Clopper and Pearson, 6 of 8
    }

    [Fact]
    public void Bad_input_is_one_line_and_exit_code_2()
    {
        void Refused(string says, params string[] arguments)
        {
            var (code, output, error) = Executable.Run(arguments);
            (code, output).ShouldBe((2, ""), error);
            error.TrimEnd('\n').ShouldContain(says);
            error.Count(c => c == '\n').ShouldBe(1);
            Directory.Exists(folder["new"]).ShouldBeFalse();
        }
        Refused("no synthetic image", "review", "make", folder["real"], "--out", folder["new"]);
        Refused("--count: 3; must be an even number from 2", "review", "make", folder["real"], folder["dm"], "--out", folder["new"], "--count", "3");
        Refused("--ask: 'colour'; allowed: origin, grade, lesion", "review", "make", folder["real"], folder["dm"], "--out", folder["new"], "--ask", "colour");
        Refused("exists; give a new folder", "review", "make", folder["real"], folder["dm"], "--out", folder["review"]);
        Refused("no such file", "score", "readers", folder["none.csv"], "--key", folder["review/key.csv"]);
        Refused("--key", "score", "readers", folder["none.csv"]);
    }

    // what the reader says: generated images are recognised but for the last of the key, real ones but for the first; grades as they are, real lesions plausible
    private async Task Judge(BrowserPage browser, bool mouse = false)
    {
        var page = browser.Page;
        await page.Clock.RunForAsync(2000);
        var name = await page.GetAttributeAsync("#desk", "data-item");
        var item = key.Items.Single(i => i.Item == name);
        var called = item.Generated ? item == key.Items.Last(i => i.Generated) ? 3 : 6 : item == key.Items.First(i => !i.Generated) ? 4 : 2;
        foreach (var (question, option) in new[] { (0, called), (1, item.Grade == "mild" ? 1 : 2), (2, item.Generated ? 2 : 1) })
        {
            if (mouse)
            {
                await page.Locator("fieldset").Nth(question).Locator("button").Nth(option - 1).ClickAsync();
            }
            else
            {
                await page.Keyboard.PressAsync($"{option}");
            }
        }
        (await page.GetAttributeAsync("#desk", "data-item")).ShouldBe(name); // the answer can be seen
        await page.Clock.RunForAsync(220);
        (await page.IsHiddenAsync("#desk") || await page.GetAttributeAsync("#desk", "data-item") != name).ShouldBeTrue();
    }

    // from here on time passes when the test says so
    private static async Task StopClock(Microsoft.Playwright.IPage page)
    {
        var start = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        await page.Clock.InstallAsync(new() { TimeDate = start });
        await page.Clock.PauseAtAsync(start.AddHours(1));
    }

    private static ImageSet Set(string origin)
    {
        const int N = 6, Side = 16;
        var rng = Rng.For(origin == ImageRow.Real ? 1UL : 2UL, "review page test");
        byte[] mask = [.. Enumerable.Range(0, Side * Side).Select(i => (byte)(i % Side is > 3 and < 9 && i / Side is > 3 and < 12 ? 255 : 0))];
        return ImageSet.FromPixels([.. Enumerable.Range(0, N * 3 * Side * Side).Select(_ => (byte)rng.NextInt(256))], 3, Side, Side,
            [.. Enumerable.Range(0, N).Select(i => new ImageRow { Id = $"{i}", Label = i % 2, Origin = origin })], ["mild", "severe"], [.. Enumerable.Repeat(mask, N).SelectMany(m => m)]);
    }
}
