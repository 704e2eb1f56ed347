//! The browser of a test.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::http::{HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use url::Url;

use super::sealed;

/// A browser: it keeps cookies and follows no redirect by itself.
pub(crate) struct Browser {
    addr: SocketAddr,
    client: reqwest::Client,
    pub(crate) cookies: BTreeMap<String, String>,
    /// A foreign pair, sent together with our own.
    pub(crate) foreign: &'static [u8],
    pub(crate) placement: Placement,
    pub(crate) language: &'static str,
}

/// The place of the foreign pair.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Placement {
    InFront,
    Behind,
    /// Before each of ours, and after the last.
    Between,
    /// On separate header lines, before and after the line with ours.
    OnLinesOfItsOwn,
    /// With ours on a second header line, after a line that every server can decode.
    OnTheSecondLine,
    /// Each of ours has its own header line, with the foreign pair before and after it.
    OnEveryLine,
}

impl Placement {
    pub(crate) const ALL: [Self; 6] = [
        Self::InFront,
        Self::Behind,
        Self::Between,
        Self::OnLinesOfItsOwn,
        Self::OnTheSecondLine,
        Self::OnEveryLine,
    ];

    /// The lines of the `Cookie` header.
    fn lines(self, foreign: &[u8], ours: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let together = ours.join(&b"; "[..]);
        let line = |pairs: &[&[u8]]| {
            let pairs: Vec<&[u8]> = pairs.iter().copied().filter(|pair| !pair.is_empty()).collect();
            pairs.join(&b"; "[..])
        };
        match self {
            Self::InFront => vec![line(&[foreign, &together])],
            Self::Behind => vec![line(&[&together, foreign])],
            Self::Between => {
                let pairs = ours.iter().flat_map(|pair| [foreign, pair.as_slice()]).chain([foreign]);
                vec![line(&pairs.collect::<Vec<_>>())]
            }
            Self::OnLinesOfItsOwn => vec![foreign.to_vec(), together, foreign.to_vec()],
            Self::OnTheSecondLine => vec![b"plain=1".to_vec(), line(&[foreign, &together])],
            Self::OnEveryLine => ours.iter().map(|pair| line(&[foreign, pair, foreign])).collect(),
        }
    }
}

/// An answer of the playground.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) html: String,
}

impl Browser {
    pub(crate) fn at(addr: SocketAddr) -> Self {
        let client = reqwest::Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        Self {
            addr,
            client,
            cookies: BTreeMap::new(),
            foreign: b"",
            placement: Placement::InFront,
            language: "fr",
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        let request = self.client.get(self.url(path));
        self.send(request).await
    }

    /// Comes back from ProConnect, follows the redirect to the clean URL, and returns that page.
    pub(crate) async fn back_from_proconnect(&mut self, path: &str) -> Page {
        let page = self.get(path).await;
        if page.status != 303 {
            return page;
        }
        assert_eq!(page.location(), "/logged-out");
        self.get("/logged-out").await
    }

    /// Posts as our own form does when something between makes the browser send `Origin: null`.
    pub(crate) async fn post(&mut self, path: &str) -> Page {
        self.post_with(path, &[("origin", "null"), ("sec-fetch-site", "same-origin")]).await
    }

    pub(crate) async fn post_with(&mut self, path: &str, headers: &[(&'static str, &str)]) -> Page {
        let mut request = self.client.post(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    /// Posts the fields of a form.
    pub(crate) async fn post_form(
        &mut self,
        path: &str,
        headers: &[(&'static str, &str)],
        form: &str,
    ) -> Page {
        let mut request = self.client.post(self.url(path)).body(form.to_owned());
        request = request.header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    /// Posts the fields of a form as our own pages do.
    pub(crate) async fn submit(&mut self, path: &str, form: &str) -> Page {
        let ours = [("origin", "http://localhost:3000"), ("sec-fetch-site", "same-origin")];
        self.post_form(path, &ours, form).await
    }

    pub(crate) async fn request(&mut self, method: reqwest::Method, path: &str) -> Page {
        let request = self.client.request(method, self.url(path));
        self.send(request).await
    }

    pub(crate) async fn send_with(&mut self, path: &str, headers: &[(&'static str, &str)]) -> Page {
        let mut request = self.client.get(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    /// Goes to `/login`, and returns the binding with which the api is called.
    pub(crate) async fn begin_login(&mut self, path: &str) -> String {
        let page = self.get(path).await;
        assert_eq!(page.status, 303, "{}", page.html);
        let url = Url::parse(page.location()).unwrap();
        let binding = url.query_pairs().find(|(name, _)| name == "binding");
        binding.expect("no binding").1.into_owned()
    }

    /// A whole login; the test does the api's part.
    pub(crate) async fn log_in(&mut self) -> Page {
        let binding = self.begin_login("/login").await;
        self.land(&sealed(Some(&binding))).await
    }

    pub(crate) async fn land(&mut self, envelope: &str) -> Page {
        self.get(&format!("/?encrypted_token={envelope}")).await
    }

    pub(crate) fn cookies_named(&self, part: &str) -> Vec<String> {
        self.cookies.keys().filter(|name| name.contains(part)).cloned().collect()
    }

    pub(crate) fn has_session(&self) -> bool {
        !self.cookies_named("playground_session").is_empty()
    }

    fn cookie_lines(&self) -> Vec<Vec<u8>> {
        let ours = self.cookies.iter().map(|(name, value)| format!("{name}={value}").into_bytes());
        self.placement.lines(self.foreign, &ours.collect::<Vec<_>>())
    }

    /// The URL of a path, marked as already redirected to this host: in a test, it is not the host of `public_url`.
    fn url(&self, path: &str) -> String {
        let mark = match path {
            "/login" => "?moved=1",
            path if path.starts_with("/login?") => "&moved=1",
            _ => "",
        };
        format!("http://{}{path}{mark}", self.addr)
    }

    /// Goes to `/login` at the host that these headers name.
    pub(crate) async fn login_asked_for_on(&mut self, headers: &[(&'static str, &str)], query: &str) -> Page {
        let mut request = self.client.get(format!("http://{}/login{query}", self.addr));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Page {
        let mut request = request.header("accept-language", self.language);
        for line in self.cookie_lines().iter().filter(|line| !line.is_empty()) {
            request = request.header("cookie", HeaderValue::from_bytes(line).unwrap());
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        for line in headers.get_all("set-cookie") {
            let (pair, attributes) = line.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Page { status, headers, html: response.text().await.unwrap() }
    }
}

impl Page {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn location(&self) -> &str {
        self.header("location")
    }

    /// The `Set-Cookie` of the one cookie whose name contains this.
    pub(crate) fn set_cookie(&self, part: &str) -> &str {
        let lines = self.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
        let mut found = lines.filter(|line| line.split('=').next().unwrap().contains(part));
        let line = found.next().unwrap_or_else(|| panic!("no cookie {part} in {:?}", self.headers));
        assert!(found.next().is_none(), "several cookies {part}");
        line
    }

    pub(crate) fn title(&self) -> &str {
        self.html.split("<title>").nth(1).unwrap_or_default().split("</title>").next().unwrap_or_default()
    }

    /// The content of the paragraph with this role that is not empty, including its tags.
    pub(crate) fn role(&self, role: &str) -> Option<&str> {
        let attribute = format!("role=\"{role}\"");
        let paragraphs = self.html.split(attribute.as_str()).skip(1);
        let mut contents = paragraphs.filter_map(|after| after.split_once('>')?.1.split("</p>").next());
        contents.find(|content| !content.contains(" hidden class=\"spinner\""))
    }

    #[track_caller]
    pub(crate) fn assert_alert(&self, message: &str) {
        let alert = self.role("alert").unwrap_or_else(|| panic!("no alert in {}", self.html));
        assert!(alert.contains(message), "{message} is not in {alert}");
    }
}
