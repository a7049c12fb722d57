"""The official account's endpoints: the base interfaces and those of cards, gift cards and invoices.

Law: a table. `facts` name what an endpoint builds on.
"""

from __future__ import annotations

from typing import Final

from mocks.http import Endpoint
from mocks.wechat.cards.endpoints import ENDPOINTS as CARDS
from mocks.wechat.giftcards.endpoints import ENDPOINTS as GIFTCARDS
from mocks.wechat.invoices.endpoints import ENDPOINTS as INVOICES

BASE: Final = (
    Endpoint("GET", "/cgi-bin/token", "wechat.token", "获取 access_token", bare=True, open=True),
    Endpoint("POST", "/cgi-bin/stable_token", "wechat.stable_token", "获取稳定版 access_token", bare=True, open=True),
    Endpoint("GET", "/cgi-bin/ticket/getticket", "wechat.getticket", "获取 ticket: for pages, for cards", facts=("A07",)),
    Endpoint("GET", "/cgi-bin/getcallbackip", "wechat.getcallbackip", "获取推送服务器 IP", bare=True),
    Endpoint("GET", "/cgi-bin/get_api_domain_ip", "wechat.get_api_domain_ip", "获取接口服务器 IP", bare=True),
    Endpoint("POST", "/cgi-bin/callback/check", "wechat.callback_check", "网络检测: can the server be reached", bare=True),
    Endpoint("POST", "/cgi-bin/clear_quota", "wechat.clear_quota", "清空调用次数: the day's counts begin anew"),
    Endpoint("POST", "/cgi-bin/clear_quota/v2", "wechat.clear_quota_v2", "清空调用次数, by appsecret", open=True),
    Endpoint("POST", "/cgi-bin/openapi/quota/clear", "wechat.quota_clear", "重置指定接口调用额度: of the Channels shop"),
    Endpoint("POST", "/cgi-bin/openapi/quota/get", "wechat.quota_get", "查询调用额度: what is left of an interface"),
    Endpoint("POST", "/cgi-bin/openapi/rid/get", "wechat.rid_get", "查询 rid 信息: a request that failed"),
    Endpoint("GET", "/cgi-bin/user/info", "wechat.user_info", "获取用户基本信息: one follower", bare=True),
    Endpoint("POST", "/cgi-bin/user/info/batchget", "wechat.user_batchget", "批量获取用户基本信息", bare=True),
    Endpoint("POST", "/cgi-bin/user/info/updateremark", "wechat.user_remark", "设置用户备注名: what a follower is called"),
    Endpoint("GET", "/cgi-bin/user/get", "wechat.user_get", "获取用户列表: all followers", bare=True),
    Endpoint("POST", "/cgi-bin/tags/create", "wechat.tags_create", "创建标签: a new tag", bare=True),
    Endpoint("GET", "/cgi-bin/tags/get", "wechat.tags_get", "获取标签: all tags", bare=True),
    Endpoint("POST", "/cgi-bin/tags/update", "wechat.tags_update", "编辑标签: another name for a tag"),
    Endpoint("POST", "/cgi-bin/tags/delete", "wechat.tags_delete", "删除标签: forget a tag"),
    Endpoint("POST", "/cgi-bin/tags/members/batchtagging", "wechat.tags_put", "批量为用户打标签"),
    Endpoint("POST", "/cgi-bin/tags/members/batchuntagging", "wechat.tags_take", "批量为用户取消标签"),
    Endpoint("POST", "/cgi-bin/tags/getidlist", "wechat.tags_of_follower", "获取用户的标签", bare=True),
    Endpoint("POST", "/cgi-bin/user/tag/get", "wechat.tags_bearers", "获取标签下粉丝列表", bare=True),
    Endpoint("GET", "/cgi-bin/template/get_all_private_template", "wechat.template_list", "获取模板列表", bare=True),
    Endpoint(
        "POST", "/cgi-bin/message/template/send", "wechat.template_send", "发送模板消息: from a template", facts=("A32",)
    ),
    Endpoint("POST", "/cgi-bin/message/custom/send", "wechat.custom_send", "发送客服消息: a free message"),
    Endpoint("POST", "/cgi-bin/media/uploadimg", "wechat.uploadimg", "上传图片: a card's logo", bare=True),
    Endpoint("POST", "/cgi-bin/media/upload", "wechat.media_upload", "新增临时素材: a file for messages", bare=True),
    Endpoint("GET", "/cgi-bin/media/get", "wechat.media_get", "获取临时素材: the file itself"),
    Endpoint("POST", "/cgi-bin/menu/create", "wechat.menu_create", "创建菜单: another menu"),
    Endpoint("GET", "/cgi-bin/menu/get", "wechat.menu_get", "查询菜单: the menu", bare=True),
    Endpoint("GET", "/cgi-bin/menu/delete", "wechat.menu_delete", "删除菜单: no menu"),
    Endpoint("POST", "/datacube/getcardbizuininfo", "wechat.datacube_all", "拉取卡券概况数据", bare=True),
    Endpoint("POST", "/datacube/getcardcardinfo", "wechat.datacube_card", "获取免费券数据", bare=True),
    Endpoint("POST", "/datacube/getcardmembercardinfo", "wechat.datacube_members", "拉取会员卡概况数据", bare=True),
    Endpoint("POST", "/datacube/getcardmembercarddetail", "wechat.datacube_member", "拉取单张会员卡数据", bare=True),
)

ENDPOINTS: Final = BASE + CARDS + GIFTCARDS + INVOICES
